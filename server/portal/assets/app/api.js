import { fetchFile, fetchJson } from './http.js';
import { Problem } from './problem.js';

// The endpoints the portal calls, one method each, named as in shared/api.
export class Api {
    #session;

    constructor(session) {
        this.#session = session;
    }

    register(registration) { return this.#open('POST', '/auth/register', { body: registration }); }
    login(credentials) { return this.#open('POST', '/auth/login', { body: credentials }); }
    // Ends a session that will not be used.
    discard({ value }) { return this.#open('POST', '/auth/logout', { token: value.accessToken }); }
    sessions() { return this.#items('/auth/sessions'); }
    endSession(id) { return this.#call('DELETE', `/auth/sessions/${encodeURIComponent(id)}`); }

    me() { return this.#call('GET', '/me'); }
    changeMe(change, version) { return this.#call('PATCH', '/me', { body: change, version }); }

    survey(token) { return this.#open('POST', '/survey-links', { body: { token } }).then(({ value }) => value); }
    answerSurvey(token, answers) { return this.#open('POST', '/survey-answers', { body: { token, answers } }); }

    products(query, signal) { return this.#open('GET', '/products', { query, signal }).then(({ value }) => value); }
    plans() { return this.#open('GET', '/plans').then(({ value }) => value.items); }
    subscriptions() { return this.#items('/subscriptions'); }
    subscribe(planId, idempotencyKey) { return this.#call('POST', '/subscriptions', { body: { planId }, idempotencyKey }); }
    changeSubscription({ id, version }, change) {
        return this.#call('PATCH', `/subscriptions/${encodeURIComponent(id)}`, { body: change, version });
    }
    quote({ id }, planId) { return this.#call('GET', `/subscriptions/${encodeURIComponent(id)}/quote`, { query: { planId } }); }

    planUsage(id) { return this.#items(`/customers/${encodeURIComponent(id)}/plan-usage`); }
    devices() { return this.#items('/devices'); }
    addDevice(device, idempotencyKey) { return this.#call('POST', '/devices', { body: device, idempotencyKey }); }
    renameDevice({ id }, nickname) { return this.#call('PATCH', `/devices/${encodeURIComponent(id)}`, { body: { nickname } }); }
    removeDevice({ id }) { return this.#call('DELETE', `/devices/${encodeURIComponent(id)}`); }

    invoices(query) { return this.#call('GET', '/invoices', { query }); }
    refunds(id) { return this.#items(`/invoices/${encodeURIComponent(id)}/refunds`); }
    invoicePdf(id) { return this.#file(`/invoices/${encodeURIComponent(id)}/pdf`); }
    creditNotePdf(id) { return this.#file(`/refunds/${encodeURIComponent(id)}/pdf`); }
    statementPdf(query) { return this.#file('/statements/pdf', { query }); }
    standing(id) { return this.#call('GET', `/customers/${encodeURIComponent(id)}/standing`); }
    cards() { return this.#items('/cards'); }
    addCard(card, idempotencyKey) { return this.#call('POST', '/cards', { body: card, idempotencyKey }); }
    useCard(id) { return this.#call('POST', `/cards/${encodeURIComponent(id)}/default`, { idempotencyKey: newKey() }); }
    removeCard(id) { return this.#call('DELETE', `/cards/${encodeURIComponent(id)}`); }

    openTicket(draft, idempotencyKey) { return this.#call('POST', '/tickets', { body: draft, idempotencyKey }); }
    tickets(query) { return this.#call('GET', '/tickets', { query }); }
    ticket(id) { return this.#call('GET', ticketPath(id)); }
    history(id) { return this.#items(ticketPath(id, '/history')); }
    comments(id) { return this.#items(ticketPath(id, '/comments')); }
    addComment(id, text, idempotencyKey) {
        return this.#call('POST', ticketPath(id, '/comments'), { body: { text }, idempotencyKey });
    }
    cancelTicket(id, reason, idempotencyKey) {
        return this.#call('POST', ticketPath(id, '/cancel'), { body: { reason }, idempotencyKey });
    }
    reopenTicket(id, reason, idempotencyKey) {
        return this.#call('POST', ticketPath(id, '/reopen'), { body: { reason }, idempotencyKey });
    }

    #open(method, path, options) {
        return fetchJson(method, path, options);
    }

    async #call(method, path, options = {}) {
        return (await this.#signed((token) => fetchJson(method, path, { ...options, token }))).value;
    }

    #file(path, options = {}) {
        return this.#signed((token) => fetchFile(path, { ...options, token }));
    }

    // A token may run out or be revoked on the way: one refusal is answered with a fresh one, a second is final.
    async #signed(request) {
        const token = await this.#session.accessToken();
        try {
            return await request(token);
        } catch (problem) {
            if (!(problem instanceof Problem) || problem.status !== 401)
                throw problem;
            return request(await this.#session.accessToken(token));
        }
    }

    async #items(path) {
        return (await this.#call('GET', path)).items;
    }
}

function ticketPath(id, rest = '') {
    return `/tickets/${encodeURIComponent(id)}${rest}`;
}

// A key under which the server carries an action out once, however often it is sent.
export function newKey() {
    if (crypto.randomUUID)
        return crypto.randomUUID();
    // Plain http on another host has no randomUUID.
    const hex = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
