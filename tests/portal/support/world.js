import { after, afterEach, before } from 'node:test';

import { Browser } from './browser.js';
import { Server } from './server.js';
import { Vendor } from './vendor.js';

// One server and one browser for all journeys: every test brings people of its own.
export const world = { server: null, browser: null, vendor: null };

before(async () => {
    world.vendor = await Vendor.start();
    [world.server, world.browser] = await Promise.all([Server.start(world.vendor.serverOptions), Browser.start()]);
});

// A journey that fails while the server is down takes no other with it.
afterEach(async () => {
    if (world.server.isDown)
        await world.server.resume();
});

after(async () => {
    await world.browser?.stop();
    await world.server?.stop();
    await world.vendor?.stop();
});
