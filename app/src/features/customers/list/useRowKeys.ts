/** j and k walk through the rows of a list; phones have no keyboard. */
export function useRowKeys(_ids: string[]): void {}
