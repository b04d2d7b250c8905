/** Of the element that holds the screen. */
export const mainId = 'main';
