import { Share } from 'react-native';

/** Hands a text over to where it is needed: phones offer it to other apps, among them the clipboard. */
export async function copyText(text: string): Promise<boolean> {
  await Share.share({ message: text });
  return false; // the system has said so itself
}
