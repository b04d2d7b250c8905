/** Phones and tablets are held in the hand. */
export function useCoarsePointer(): boolean {
  return true;
}
