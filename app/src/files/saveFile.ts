/** Phones have no folder of downloads; screens offer no download there. */
export async function saveFile(_file: Blob, _name: string): Promise<void> {}
