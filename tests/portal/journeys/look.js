import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';

import { away, desk, phone } from '../support/browser.js';
import { assigned, done, fileTicket, holdPlan, newCustomer, newExpert, newPerson, nextPlace, productNamed } from '../support/people.js';
import { invitedToSurvey } from '../support/survey.js';
import { chooseProduct, fileButton, fillTicket, heading, signIn, until } from '../support/visitor.js';
import { world } from '../support/world.js';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pictures = process.env.SQUAD_SCREENSHOTS;

let life = null;

// A customer with a ticket in every interesting state: { customer, product, tickets: { waiting, coming, done } }. They are only
// looked at, so one serves all.
function livedIn() {
    life ??= live();
    return life;
}

async function live() {
    const { server } = world;
    const place = nextPlace();
    const [television, laptop] = [await productNamed(server, 'LG Smart TV'), await productNamed(server, 'laptop')];
    const customer = await newCustomer(server, newPerson(place));
    const { items: plans } = await customer.api.call('GET', '/plans');
    await holdPlan(customer, plans.find(({ name }) => name === 'Home'));
    const expert = await newExpert(server, { product: television, place });
    const tickets = {};
    for (const name of ['done', 'coming']) {
        const subject = name === 'done' ? 'No picture, but sound' : 'The screen flickers';
        const { id } = await fileTicket(server, customer, television, subject);
        tickets[name] = id;
        await assigned(server, id);
        for (const action of ['accept', 'depart', ...(name === 'done' ? ['arrive'] : [])])
            await expert.call('POST', `/tickets/${id}/${action}`);
        if (name === 'done')
            await expert.call('POST', `/tickets/${id}/complete`, done);
    }
    await expert.call('POST', `/tickets/${tickets.coming}/comments`, { text: 'I will be there in about twenty minutes.' });
    tickets.waiting = (await fileTicket(server, customer, laptop, 'It does not start any more')).id;
    return { customer, product: television, tickets, survey: (await invitedToSurvey(server)).link };
}

// Every page as it looks when it is ready: { name, show(page) }; the first ones are those of a visitor.
const outside = ({ survey }) => [
    { name: 'welcome', show: (page) => open(page, '/', /It broke/) },
    { name: 'register', show: (page) => open(page, '/register', 'Create your account') },
    {
        name: 'register-errors',
        show: async (page) => {
            await open(page, '/register', 'Create your account');
            await page.getByRole('button', { name: 'Create account' }).click();
        },
    },
    { name: 'sign-in', show: (page) => open(page, '/sign-in', 'Sign in') },
    { name: 'plans', show: (page) => open(page, '/plans', 'Choose a plan', page.getByRole('article').first()) },
    { name: 'problem', show: (page) => open(page, '/problems/stale', 'Changed in the meantime') },
    { name: 'missing', show: (page) => open(page, '/nothing', 'This page does not exist') },
    { name: 'survey-unknown', show: (page) => open(page, '/survey', 'This link leads nowhere') },
    { name: 'survey', show: (page) => open(page, survey, 'How was the repair?') },
    {
        name: 'survey-errors',
        show: async (page) => {
            await page.getByRole('button', { name: 'Send answers' }).click();
            await page.getByText('Please choose one.').first().waitFor();
        },
    },
];

const inside = ({ product, tickets }) => [
    { name: 'home', show: (page) => open(page, '/home', 'My tickets', page.locator('.ticket-card').first()) },
    {
        name: 'file',
        isFloating: true,
        show: async (page) => {
            await open(page, '/tickets/new', 'File a ticket', page.getByRole('combobox', { name: 'Which device' }));
            await page.getByRole('combobox', { name: 'Which device' }).fill('TV');
            await page.getByRole('option').first().waitFor();
            await page.keyboard.press('ArrowDown');
        },
    },
    {
        name: 'file-ready',
        show: async (page) => {
            await open(page, '/tickets/new', 'File a ticket', page.getByRole('combobox', { name: 'Which device' }));
            await chooseProduct(page, product);
            await page.getByLabel('What is wrong?').fill('The screen stays black');
        },
    },
    { name: 'ticket-waiting', show: (page) => open(page, `/tickets/${tickets.waiting}`, /does not start/) },
    { name: 'ticket-coming', show: (page) => open(page, `/tickets/${tickets.coming}`, /flickers/) },
    { name: 'ticket-done', show: (page) => open(page, `/tickets/${tickets.done}`, /No picture/) },
    {
        name: 'ticket-cancel',
        isFloating: true,
        show: async (page) => {
            await open(page, `/tickets/${tickets.coming}`, /flickers/);
            await page.getByRole('button', { name: 'Cancel this ticket' }).click();
        },
    },
    {
        name: 'account',
        show: (page) => open(
            page, '/account', 'Account', page.getByLabel('Full name'), page.getByText('This browser'), page.getByText('Pays your plans'),
        ),
    },
    {
        name: 'card-errors',
        isFloating: true,
        show: async (page) => {
            await open(page, '/account', 'Account', page.getByText('Pays your plans'));
            await page.getByRole('button', { name: 'Add a card' }).click();
            await page.getByRole('dialog').getByRole('button', { name: 'Add card' }).click();
        },
    },
];

// Pages that have nothing to show, or cannot; for a customer without tickets.
const moods = ({ product }) => [
    { name: 'home-empty', show: (page) => open(page, '/home', 'My tickets', page.getByText('Nothing is broken')) },
    {
        name: 'home-problem',
        show: async (page) => {
            await page.route('**/api/v1/tickets?*', (route) => route.abort('connectionrefused'));
            await open(page, '/home', 'My tickets', page.getByRole('button', { name: 'Try again' }));
        },
    },
    {
        name: 'ticket-problem',
        show: async (page) => {
            await page.route('**/api/v1/tickets/**', (route) => route.fulfill({ status: 503 }));
            await page.goto(`/tickets/${randomUUID()}`);
            await heading(page, 'We cannot show this ticket right now').waitFor();
        },
    },
    { name: 'ticket-missing', show: (page) => open(page, `/tickets/${randomUUID()}`, 'This ticket was not found') },
    {
        name: 'reconnecting',
        isFloating: true,
        show: async (page) => {
            await open(page, '/home', 'My tickets', page.getByText('Nothing is broken'));
            await page.context().setOffline(true);
            await page.getByText('Reconnecting…').waitFor();
        },
    },
    {
        name: 'plan-bought',
        show: async (page) => {
            await open(page, '/plans', 'Choose a plan', page.getByRole('article').first());
            await page.getByRole('button', { name: 'Choose Home', exact: true }).click();
            await page.getByRole('button', { name: /^Confirm for/ }).click();
            await page.getByText('You have this plan since').waitFor();
        },
    },
    {
        name: 'plan-second',
        isFloating: true,
        show: async (page) => {
            await open(page, '/plans', 'Choose a plan', page.getByText('You have this plan since'));
            await page.getByRole('button', { name: 'Choose Business' }).click();
            await page.getByText('You have Home already').waitFor();
        },
    },
    {
        name: 'file-doubt',
        show: async (page) => {
            await fillTicket(page, product);
            await page.route('**/api/v1/tickets', (route) => route.abort('connectionreset'));
            await fileButton(page).click();
            await page.getByText('we have not heard back').waitFor();
        },
    },
];

async function open(page, path, title, ...ready) {
    await page.goto(path);
    await heading(page, title).waitFor();
    await Promise.all(ready.map((each) => each.waitFor()));
    await until('all content', () => page.evaluate(() => document.querySelector('.ghost, [aria-busy="true"]') === null));
}

// The whole page at once, on a screen as high as the page, so that what keeps to the edge of the screen is at its edge in
// the picture too. What floats over a page belongs to the part of it that is in view.
async function photograph(page, name, isFloating) {
    if (!pictures)
        return;
    await mkdir(pictures, { recursive: true });
    await page.evaluate(() => Promise.allSettled(document.getAnimations()
        .filter((each) => each.effect.getTiming().iterations !== Infinity).map((each) => each.finished)));
    const screen = page.viewportSize();
    if (!isFloating)
        await page.setViewportSize({ ...screen, height: await page.evaluate(() => document.documentElement.scrollHeight) });
    await page.screenshot({ path: join(pictures, `${name}.png`) });
    await page.setViewportSize(screen);
}

async function assertAccessible(page, name) {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        resultTypes: ['violations'], // the rest need not be described, which is most of the work
    }));
    const told = violations.map(({ id, impact, nodes }) =>
        `${name}: ${id} (${impact}) ${nodes.map(({ target }) => target).join(', ')}`);
    assert.deepEqual(told, []);
}

async function assertFits(page, name) {
    const { scroll, width } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, width: innerWidth }));
    assert.ok(scroll <= width, `${name} is ${scroll} wide on a screen of ${width}`);
}

async function look(page, views, prefix) {
    for (const { name, show, isFloating = false } of views) {
        await show(page);
        await photograph(page, `${prefix}-${name}`, isFloating);
        await assertFits(page, name);
        await assertAccessible(page, name);
        await page.unrouteAll();
        await page.context().setOffline(false);
    }
}

for (const [name, options] of [
    ['desk-light', { ...desk, colorScheme: 'light' }],
    ['desk-dark', { ...desk, colorScheme: 'dark' }],
    ['phone-light', { ...phone, colorScheme: 'light' }],
    ['phone-dark', { ...phone, colorScheme: 'dark', deviceScaleFactor: 2 }],
]) {
    test(`every page is accessible, fits and is worth a picture: ${name}`, async () => {
        const { server, browser } = world;
        const { customer, ...rest } = await livedIn();
        await browser.visit(server.url, async (page) => {
            await look(page, outside(rest), name);
            await signIn(page, customer);
            await look(page, inside(rest), name);
        }, { options });
    });
}

for (const [name, options] of [
    ['desk-light', { ...desk, colorScheme: 'light' }],
    ['phone-dark', { ...phone, colorScheme: 'dark', deviceScaleFactor: 2 }],
]) {
    test(`pages without content are as good: ${name}`, async () => {
        const { server, browser } = world;
        const customer = await newCustomer(server);
        const product = await productNamed(server, 'TV');
        await browser.visit(server.url, async (page) => {
            await signIn(page, customer);
            await look(page, moods({ product }), name);
        }, { options, tolerate: [...away, /status of 503/] });
    });
}

test('a first visit is light, and a second one asks for the page only', async () => {
    const { server, browser } = world;
    await browser.visit(server.url, async (page) => {
        const transferred = () => page.evaluate(() => performance.getEntriesByType('resource')
            .concat(performance.getEntriesByType('navigation')).reduce((sum, { transferSize }) => sum + transferSize, 0));
        await open(page, '/', /It broke/);
        const first = await transferred();
        await open(page, '/', /It broke/);
        const second = await transferred();

        assert.ok(first > 20_000 && first < 100_000, `${first} bytes at first`);
        assert.ok(second < 2_000, `${second} bytes again`);
    });
});

test('nothing jumps while a page fills itself', async () => {
    const { server, browser } = world;
    const { customer, ...rest } = await livedIn();
    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
        await page.addInitScript(() => {
            globalThis.shift = 0;
            new PerformanceObserver((list) => {
                for (const entry of list.getEntries())
                    globalThis.shift += entry.hadRecentInput ? 0 : entry.value;
            }).observe({ type: 'layout-shift', buffered: true });
        });
        const measured = ['plans', 'home', 'ticket-coming', 'account'];
        for (const { name, show } of [...outside(rest), ...inside(rest)].filter((view) => measured.includes(view.name))) {
            await show(page);
            const shift = await page.evaluate(() => globalThis.shift);
            assert.ok(shift < 0.1, `${name} shifts by ${shift}`); // what Core Web Vitals call good
        }
    });
});

test('who asked for less motion sees none', async () => {
    const { server, browser } = world;
    await browser.visit(server.url, async (page) => {
        await open(page, '/', /It broke/);
        assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
    }, { options: { reducedMotion: 'reduce' } });
});
