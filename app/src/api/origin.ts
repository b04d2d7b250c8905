/** Where the API is: beside the page on the web, at an address fixed when the app was built on phones. */
export const apiOrigin = process.env.EXPO_PUBLIC_API_URL ?? (process.env.EXPO_OS === 'web' ? '' : 'http://localhost:8080');
