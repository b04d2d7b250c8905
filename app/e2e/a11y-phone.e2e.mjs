import { checkScreens } from './harness/accessibility.mjs';

checkScreens('phone');
