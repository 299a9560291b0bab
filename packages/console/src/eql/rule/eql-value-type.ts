/** Types of values that conditions compare. `nested` cannot be compared, `map` only shown. */
export type EqlValueType = 'text' | 'number' | 'boolean' | 'date' | 'instant' | 'list' | 'map' | 'nested';
