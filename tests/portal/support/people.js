import { randomUUID } from 'node:crypto';

import { Api, demoPassword, eventually } from './api.js';

// Remote places, and a ZIP code in them that nobody else uses: the test knows who will come.
const places = [
    { city: 'Miles City', state: 'MT', prefix: '593', at: { lat: 46.54, lon: -105.47 } },
    { city: 'Valentine', state: 'NE', prefix: '692', at: { lat: 42.69, lon: -100.38 } },
    { city: 'Ely', state: 'NV', prefix: '893', at: { lat: 39.36, lon: -115.07 } },
];
let placesTaken = 0;
let peopleMade = 0;

export function nextPlace() {
    placesTaken += 1;
    const { prefix, ...place } = places[placesTaken % places.length];
    return { ...place, zip: prefix + String(placesTaken).padStart(2, '0') };
}

export const password = 'a sentence to remember';

export function newPerson(place = nextPlace(), name = 'Ada Lovelace') {
    peopleMade += 1;
    return {
        email: `ada.lovelace.${peopleMade}@customer.example`,
        password,
        name,
        phone: '+12125550142',
        address: { line1: '12 Analytical Way', city: place.city, state: place.state, zip: place.zip },
    };
}

// A registered customer: { ...registration, api }.
export async function newCustomer(server, person = newPerson()) {
    return { ...person, api: await new Api(server.url).register(person) };
}

// The customer holds the plan, and it is paid for.
export async function holdPlan(customer, plan) {
    await customer.api.call('POST', '/cards', { number: '4242424242424242', expMonth: 4, expYear: 2039 });
    await customer.api.call('POST', '/subscriptions', { planId: plan.id });
    await eventually('the first payment', async () => (await customer.api.call('GET', '/subscriptions')).items[0],
        ({ state }) => state === 'active');
}

// As from another device: every session of the customer but the test's own ends, and so those of the browser.
export async function endInBrowser(customer) {
    for (const { id, current } of (await customer.api.call('GET', '/auth/sessions')).items) {
        if (!current)
            await customer.api.call('DELETE', `/auth/sessions/${id}`);
    }
}

export async function productNamed(server, q) {
    const { items } = await new Api(server.url).call('GET', `/products?q=${encodeURIComponent(q)}&limit=1`);
    if (items.length === 0)
        throw new Error(`the demo catalogue has no ${q}`);
    return items[0];
}

const staff = new Map();

// The demo's admin or manager, signed in once for all tests.
export function demoStaff(server, role) {
    if (!staff.has(role))
        staff.set(role, new Api(server.url).signIn(`${role}@demo.squad.example`));
    return staff.get(role);
}

// An expert who can repair the product at the place, at any hour, and has gone on duty.
export async function newExpert(server, { product, place, name = 'Maria Lopez' }) {
    const admin = await demoStaff(server, 'admin');
    const email = `${randomUUID()}@expert.example`;
    const shifts = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, fromMinute: 0, toMinute: 1440 }));
    await admin.call('POST', '/experts', {
        email, password: demoPassword, name, phone: '+12125550177', skills: [{ skill: product.skill, level: 5 }],
        areas: [place.zip], timeZone: 'America/Denver', shifts, position: place.at,
    });
    const expert = await new Api(server.url).signIn(email);
    await expert.call('PUT', '/experts/me/availability', { availability: 'available' });
    return expert;
}

// Waits until the ticket has been given to somebody.
export async function assigned(server, ticketId) {
    const manager = await demoStaff(server, 'manager');
    return eventually('an assignment', () => manager.call('GET', `/tickets/${ticketId}`), ({ expert }) => Boolean(expert));
}

export async function fileTicket(server, customer, product, subject = 'The screen stays black') {
    return customer.api.call('POST', '/tickets', {
        productId: product.id, subject, description: 'Since yesterday evening.',
        contactName: customer.name, contactPhone: customer.phone, address: customer.address,
    });
}

export const done = { outcome: 'fixed', note: 'Replaced the power board; picture and sound tested.' };
