import { after, before } from 'node:test';

import { Browser } from './browser.js';
import { Server } from './server.js';

// One server and one browser for all journeys: every test brings people of its own.
export const world = { server: null, browser: null };

before(async () => {
    [world.server, world.browser] = await Promise.all([Server.start(), Browser.start()]);
});

after(async () => {
    await world.browser?.stop();
    await world.server?.stop();
});
