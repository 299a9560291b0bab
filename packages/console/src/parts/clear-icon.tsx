import { CloseCircleFilled } from '@ant-design/icons';
import { useText } from '../frame/reader.tsx';

/** What empties a text field: Ant Design's own icon is called by the English name of its picture. */
export function ClearIcon() {
  const { state } = useText();
  return (
    <>
      <CloseCircleFilled aria-hidden="true" />
      <span className="visually-hidden">{state.clear}</span>
    </>
  );
}
