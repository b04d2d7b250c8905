// axe finds nothing serious on any screen.
import assert from 'node:assert/strict';
import { before } from 'node:test';

import { accessibilityProblems, enter } from './harness/browser.mjs';
import { flow } from './harness/flow.mjs';
import { makeNewcomer, makeOffice } from './harness/office.mjs';
import { screens, show } from './harness/screens.mjs';

let office;
let people;

before(async () => {
  office = await makeOffice();
  people = { admin: office.admin, rep: office.rep, newcomer: await makeNewcomer('zh-CN') };
});

for (const size of ['desktop', 'phone']) {
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
