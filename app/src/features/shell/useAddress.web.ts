/** The address of the screen that is open. The browser has it also while the router is being built anew, as after a session ends. */
export function useAddress(): string {
  return location.pathname + location.search;
}
