import { createContext } from 'react';

/** Whether buttons without a width of their own take all there is, as in the actions of a form on phones. */
export const FullWidthContext = createContext(false);
