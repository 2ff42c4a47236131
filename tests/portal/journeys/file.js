import assert from 'node:assert/strict';
import { test } from 'node:test';

import { newCustomer, productNamed } from '../support/people.js';
import { away } from '../support/browser.js';
import { chooseProduct, fileButton, filedTicketId, fillTicket, heading, signIn, until } from '../support/visitor.js';
import { world } from '../support/world.js';

const tickets = '**/api/v1/tickets';
const ticketsOf = async (customer) => (await customer.api.call('GET', '/tickets')).items;

// A customer who is signed in, and a product; then the test.
async function atHome(task, options) {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    const product = await productNamed(server, 'TV');
    await browser.visit(server.url, async (page, context) => {
        await signIn(page, customer);
        await task({ page, context, customer, product });
    }, options);
}

test('a ticket is filed with nothing but the keyboard', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    const product = await productNamed(server, 'TV');

    await browser.visit(server.url, async (page) => {
        const press = (key) => page.keyboard.press(key);
        const type = (text) => page.keyboard.type(text);
        const focusOn = async (role, name) => {
            for (let steps = 0; steps < 40; ++steps) {
                await press('Tab');
                if (await page.getByRole(role, { name }).evaluateAll((all) => all.includes(document.activeElement)))
                    return;
            }
            assert.fail(`Tab never reaches ${name}`);
        };

        await page.goto('/sign-in');
        await heading(page, 'Sign in').waitFor();
        await focusOn('textbox', 'E-mail address');
        await type(customer.email);
        await press('Tab');
        await type(customer.password);
        await press('Enter');
        await heading(page, 'My tickets').waitFor();
        await focusOn('link', 'File a ticket');
        await press('Enter');

        await heading(page, 'File a ticket').waitFor();
        await page.getByRole('combobox', { name: 'Which device' }).waitFor();
        await focusOn('combobox', 'Which device is it?');
        await type(product.name);
        await page.getByRole('option', { name: product.name }).first().waitFor();
        await press('ArrowDown');
        await press('Enter');
        await press('Tab');
        await type('The screen stays black');
        await press('Enter');
        await filedTicketId(page);
    });

    assert.deepEqual((await ticketsOf(customer)).map(({ subject, productName }) => [subject, productName]), [
        ['The screen stays black', product.name],
    ]);
});

test('what has the focus is always visible', async () => {
    await atHome(async ({ page }) => {
        await page.goto('/tickets/new');
        await page.getByRole('combobox', { name: 'Which device' }).waitFor();
        for (let steps = 0; steps < 18; ++steps) {
            await page.keyboard.press('Tab');
            const outline = await page.evaluate(() => {
                const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
                return [outlineStyle, parseFloat(outlineWidth) >= 2];
            });
            assert.deepEqual(outline, ['solid', true]);
        }
    });
});

test('a double click files one ticket', async () => {
    await atHome(async ({ page, customer, product }) => {
        await fillTicket(page, product);
        await fileButton(page).dblclick();
        await filedTicketId(page);

        assert.equal((await ticketsOf(customer)).length, 1);
    });
});

test('two submits in one instant are sent under one key', async () => {
    await atHome(async ({ page, customer, product }) => {
        await fillTicket(page, product);
        await page.locator('form').evaluate((form) => {
            form.requestSubmit();
            form.requestSubmit();
        });
        await filedTicketId(page);

        assert.equal((await ticketsOf(customer)).length, 1);
    });
});

test('an answer that is lost leaves one ticket, and the page finds it', async () => {
    await atHome(async ({ page, customer, product }) => {
        let lost = 0;
        await page.route(tickets, async (route) => {
            if (route.request().method() !== 'POST' || lost >= 2)
                return route.continue();
            lost += 1;
            await route.fetch(); // the server files it
            return route.abort('connectionreset'); // and the answer never arrives
        });
        await fillTicket(page, product);
        await fileButton(page).click();
        await page.getByText('we have not heard back').waitFor();
        assert.equal(await page.getByText(/T-\d+/).count(), 0); // no number before it is certain
        await page.getByRole('button', { name: 'Try now' }).click();
        await filedTicketId(page);

        assert.equal(lost, 2);
        assert.equal((await ticketsOf(customer)).length, 1);
    }, { tolerate: away });
});

test('a reload while nobody knows whether it arrived sends the same ticket, once', async () => {
    await atHome(async ({ page, customer, product }) => {
        let isAway = true;
        await page.route(tickets, async (route) => {
            if (route.request().method() !== 'POST' || !isAway)
                return route.continue();
            await route.fetch();
            return route.abort('connectionreset');
        });
        await fillTicket(page, product);
        await fileButton(page).click();
        await page.getByText('we have not heard back').waitFor();

        await page.reload();
        await page.getByText(/We are finishing that now|not heard back/).waitFor();
        isAway = false;
        await filedTicketId(page);

        assert.equal((await ticketsOf(customer)).length, 1);
    }, { tolerate: away });
});

test('a draft survives a reload', async () => {
    await atHome(async ({ page, product }) => {
        await fillTicket(page, product);
        await page.getByLabel('Contact person').fill('Charles Babbage');
        await page.reload();

        await until('the draft', async () => await page.getByLabel('What is wrong?').inputValue() === 'The screen stays black');
        assert.equal(await page.getByRole('combobox', { name: 'Which device' }).inputValue(), product.name);
        assert.equal(await page.getByLabel('Contact person').inputValue(), 'Charles Babbage');
        await fileButton(page).click();
        await filedTicketId(page);
        await page.goto('/tickets/new');
        await page.getByLabel('What is wrong?').waitFor();
        assert.equal(await page.getByLabel('What is wrong?').inputValue(), '');
    });
});

test('a draft survives the end of the session', async () => {
    await atHome(async ({ page, customer, product }) => {
        await fillTicket(page, product);
        for (const { id } of (await customer.api.call('GET', '/auth/sessions')).items.filter(({ current }) => !current))
            await customer.api.call('DELETE', `/auth/sessions/${id}`);

        await fileButton(page).click();
        await page.getByText('Your session has ended').waitFor();
        await page.getByLabel('E-mail address').fill(customer.email);
        await page.getByLabel('Password', { exact: true }).fill(customer.password);
        await page.getByRole('button', { name: 'Sign in' }).click();
        await filedTicketId(page); // it was sent: signing in is all that was missing

        assert.equal((await ticketsOf(customer)).length, 1);
    });
});

test('the list of devices follows the keyboard as the ARIA practices say', async () => {
    await atHome(async ({ page, product }) => {
        await page.goto('/tickets/new');
        const combobox = page.getByRole('combobox', { name: 'Which device' });
        await combobox.fill('TV');
        await page.getByRole('option').first().waitFor();
        assert.equal(await combobox.getAttribute('aria-expanded'), 'true');
        assert.equal(await combobox.getAttribute('aria-activedescendant'), null);

        await combobox.press('ArrowDown');
        const selected = page.locator('[role="option"][aria-selected="true"]');
        assert.equal(await selected.getAttribute('id'), await combobox.getAttribute('aria-activedescendant'));
        await combobox.press('ArrowUp'); // round to the last one, which is scrolled into view
        assert.equal(await selected.evaluate((option) => option === option.parentElement.lastElementChild), true);

        await combobox.press('Escape');
        assert.equal(await combobox.getAttribute('aria-expanded'), 'false');
        assert.equal(await combobox.inputValue(), 'TV');
        await combobox.press('Escape');
        assert.equal(await combobox.inputValue(), '');

        await combobox.press('Alt+ArrowDown');
        await page.getByRole('option').first().waitFor();
        await combobox.press('Alt+ArrowUp');
        assert.equal(await combobox.getAttribute('aria-expanded'), 'false');

        await combobox.fill('no such thing at all');
        await page.getByText('Nothing found').first().waitFor();
        await chooseProduct(page, product);
        assert.equal(await combobox.inputValue(), product.name);
        await combobox.press('End');
        await combobox.pressSequentially('x'); // what was chosen is no longer what is written
        await fileButton(page).click();
        await page.getByText('Please choose the device from the list.').waitFor();
    });
});
