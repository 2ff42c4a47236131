import { isOver } from './progress.js';

const pageSize = 20;

// The customer's tickets as pages and pushes tell of them: those under way, all of them, and the latest of the rest.
export class TicketList {
    hasMore = false;
    #api;
    #byId = new Map();
    #cursor = null;
    #underWay = new Set(); // per load, what was told while its answer was on the way

    constructor(api) {
        this.#api = api;
    }

    get isEmpty() { return this.#byId.size === 0; }
    get active() { return this.#sorted((ticket) => !isOver(ticket.state)); }
    get past() { return this.#sorted((ticket) => isOver(ticket.state)); }

    async load() {
        const told = new Map();
        this.#underWay.add(told);
        try {
            const [active, past] = await Promise.all([this.#allActive(), this.#api.tickets({ active: false, limit: pageSize })]);
            const fresh = new Map(told);
            for (const ticket of [...active, ...past.items])
                fresh.set(ticket.id, newer(ticket, this.#byId.get(ticket.id)));
            this.#byId = fresh;
            this.#remember(past);
        } finally {
            this.#underWay.delete(told);
        }
    }

    async loadMore() {
        const page = await this.#api.tickets({ active: false, limit: pageSize, cursor: this.#cursor });
        page.items.forEach((ticket) => this.merge(ticket));
        this.#remember(page);
    }

    // Whether it told something new: a message that was overtaken does not turn a ticket back.
    merge(ticket) {
        const known = this.#byId.get(ticket.id);
        if (known && (known.version > ticket.version || JSON.stringify(known) === JSON.stringify(ticket)))
            return false;
        this.#byId.set(ticket.id, ticket);
        this.#underWay.forEach((told) => told.set(ticket.id, ticket));
        return true;
    }

    async #allActive() {
        const tickets = [];
        let cursor = null;
        do {
            const page = await this.#api.tickets({ active: true, limit: 200, cursor });
            tickets.push(...page.items);
            cursor = page.nextCursor;
        } while (cursor);
        return tickets;
    }

    #remember(page) {
        this.#cursor = page.nextCursor ?? null;
        this.hasMore = this.#cursor !== null;
    }

    #sorted(wanted) {
        return [...this.#byId.values()].filter(wanted).sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    }
}

function newer(ticket, known) {
    return known && known.version > ticket.version ? known : ticket;
}
