/**
 * In a form whose button stands outside of it, at the foot of a dialog: without a button of its own a browser sends no
 * form of several fields by Enter.
 */
export const EnterSubmits = () => <button type="submit" hidden />;
