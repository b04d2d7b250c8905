/** Phones have the app itself on the device. */
export function keepClientOnDevice(): void {}
