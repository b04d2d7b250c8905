/** Phones have no Tab key to skip with. */
export function SkipLink() {
  return null;
}
