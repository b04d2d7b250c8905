// The check of all screens in one size. Each size has a file of its own, so that they run beside each other.
import assert from 'node:assert/strict';
import { before } from 'node:test';

import { accessibilityProblems, enter } from './browser.mjs';
import { flow } from './flow.mjs';
import { makeNewcomer, makeOffice } from './office.mjs';
import { screens, show } from './screens.mjs';

/** Makes the test that axe finds nothing serious on any screen. */
export function checkScreens(size) {
  let office;
  let people;
  before(async () => {
    office = await makeOffice();
    people = { admin: office.admin, rep: office.rep, newcomer: await makeNewcomer('zh-CN') };
  });

  flow(`every screen is accessible on a ${size}, light and dark`, async (visit) => {
    const found = [];
    for (const who of [null, 'admin', 'rep', 'newcomer']) {
      const page = await visit({ size });
      if (who) await enter(page, people[who]);
      for (const screen of screens.filter((each) => each.who === who && (each.size ?? size) === size)) {
        try {
          await show(page, screen, office);
          found.push(...(await accessibilityProblems(page)).map((problem) => `${screen.name}: ${problem}`));
        } catch (error) {
          found.push(`${screen.name}: ${error.message}`);
        }
      }
    }
    assert.equal(found.length, 0, `\n${found.join('\n')}`);
  });
}
