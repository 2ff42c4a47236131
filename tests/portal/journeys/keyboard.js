import assert from 'node:assert/strict';
import { test } from 'node:test';

import { newCustomer, newPerson, productNamed } from '../support/people.js';
import { chooseProduct, fileButton, filedTicketId, heading, signIn, until } from '../support/visitor.js';
import { world } from '../support/world.js';

// Hands on a keyboard, and no mouse: { press, type, focusOn }.
function keyboard(page) {
    const press = (key) => page.keyboard.press(key);
    const type = (text) => page.keyboard.type(text);
    const focusOn = async (role, name) => {
        const wanted = page.getByRole(role, { name });
        await wanted.first().waitFor();
        for (let steps = 0; steps < 60; ++steps) {
            await press('Tab');
            if (await wanted.evaluateAll((all) => all.includes(document.activeElement)))
                return;
        }
        assert.fail(`Tab never reaches ${name}`);
    };
    return { press, type, focusOn };
}

const hasFocus = (locator) => locator.evaluate((element) => element === document.activeElement);

test('from the first visit to a ticket, filed and cancelled, with nothing but the keyboard', async () => {
    const { server, browser } = world;
    const { name, email, password, address } = newPerson();
    const product = await productNamed(server, 'TV');

    await browser.visit(server.url, async (page) => {
        const { press, type, focusOn } = keyboard(page);
        const typeAndTab = async (text) => {
            await type(text);
            await press('Tab');
        };
        await page.goto('/');
        await focusOn('link', 'Get started');
        await press('Enter');
        await heading(page, 'Create your account').waitFor();
        assert.ok(await hasFocus(heading(page, 'Create your account'))); // reading goes on at the new page
        await press('Tab');
        for (const text of [name, email, password])
            await typeAndTab(text);
        await press('Tab'); // past the button that shows the password
        for (const text of ['212 555 0142', address.line1, 'Back door', address.city, stateNames[address.state], address.zip])
            await typeAndTab(text);
        assert.ok(await hasFocus(page.getByRole('button', { name: 'Create account' })));
        await press('Enter');

        await heading(page, 'Choose a plan').waitFor();
        await focusOn('button', 'Choose Essential');
        await press('Enter');
        await page.getByRole('dialog').waitFor();
        await focusOn('button', /^Confirm for/);
        await press('Enter');
        await page.getByRole('dialog').getByRole('heading', { name: 'Add a card' }).waitFor();
        await type('4242 4242 4242 4242'); // the first field has the focus
        await press('Tab');
        await type('04/39');
        await press('Enter');
        await page.getByText('You are covered').waitFor();
        await press('Tab'); // the message has the focus, and the way on is the next stop
        assert.ok(await hasFocus(page.getByRole('main').getByRole('link', { name: 'File a ticket' })));
        await press('Enter');

        await heading(page, 'File a ticket').waitFor();
        await focusOn('combobox', 'Which device is it?');
        const found = page.waitForResponse((response) => new URL(response.url()).searchParams.get('q') === product.name);
        await type(product.name);
        await found;
        await until('the device on top of the list', async () =>
            await page.getByRole('option').first().getByText(product.name, { exact: true }).isVisible());
        await press('ArrowDown');
        await press('Enter');
        await press('Tab');
        await type('The screen stays black');
        await press('Enter');
        await filedTicketId(page);
        await page.getByText(product.name, { exact: true }).waitFor();

        await focusOn('button', 'Cancel this ticket');
        await press('Enter');
        await focusOn('radio', 'It works again');
        await press('ArrowDown');
        await focusOn('button', 'Cancel ticket');
        await press('Enter');
        await page.locator('.headline').getByText('This ticket is cancelled.').waitFor();
        await page.getByText('I found help elsewhere').waitFor();
        // The button that was pressed is gone, and the focus is not lost with it.
        await until('the focus on the heading', () => hasFocus(heading(page, 'The screen stays black')));
    });
});

const stateNames = { MT: 'Montana', NE: 'Nebraska', NV: 'Nevada' };

test('what has the focus is always visible', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
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

test('the list of devices follows the keyboard as the ARIA practices say', async () => {
    const { server, browser } = world;
    const customer = await newCustomer(server);
    const product = await productNamed(server, 'TV');
    await browser.visit(server.url, async (page) => {
        await signIn(page, customer);
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
