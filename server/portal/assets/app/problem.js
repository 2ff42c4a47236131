import { has, t } from './text.js';

// Why a call failed: the server's RFC 9457 document, or `unreachable` when no answer came.
export class Problem extends Error {
    constructor({
        status = 0, slug = 'unreachable', code = '', detail = '', errors = [], retryAfter = null, document = {},
    } = {}) {
        super(detail || slug);
        this.name = 'Problem';
        this.status = status;
        this.slug = slug;
        this.code = code;
        this.detail = detail;
        this.errors = errors; // [{ pointer, detail }]
        this.retryAfter = retryAfter; // seconds
        this.document = document;
    }

    static async from(response) {
        const document = await readDocument(response);
        return new Problem({
            status: response.status,
            slug: slugOf(document.type) ?? slugOfStatus(response.status),
            code: document.code ?? '',
            detail: document.detail ?? '',
            errors: Array.isArray(document.errors) ? document.errors : [],
            retryAfter: Number(response.headers.get('retry-after')) || null,
            document,
        });
    }

    // Whether the request may have been carried out although no good answer came.
    get leavesDoubt() {
        return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
    }

    get isOver() { return this.slug === 'session-over'; }
}

async function readDocument(response) {
    try {
        return await response.json() ?? {};
    } catch {
        return {}; // a proxy in between may answer with anything
    }
}

function slugOf(type) {
    return /\/problems\/([a-z0-9-]+)$/.exec(type ?? '')?.[1];
}

function slugOfStatus(status) {
    const known = {
        400: 'malformed', 401: 'unauthenticated', 403: 'forbidden', 404: 'not-found', 409: 'conflict', 412: 'stale',
        413: 'too-large', 422: 'invalid-input', 429: 'too-many', 502: 'unavailable', 503: 'unavailable', 504: 'unavailable',
    };
    return known[status] ?? (status < 500 ? 'malformed' : 'internal');
}

// What to tell the person: our own words for the cases we know, the server's otherwise.
export function sentence(problem) {
    if (!(problem instanceof Problem))
        return t('problem.internal.short');
    for (const key of [`problem.${problem.code}.short`, `problem.${problem.slug}.short`]) {
        if (has(key))
            return t(key);
    }
    return problem.detail || t('problem.internal.short');
}

// For what a page is good without: the substitute, when it cannot be had at the moment.
export function orElse(substitute, answer) {
    return answer.catch((problem) => {
        if (!(problem instanceof Problem) || problem.isOver)
            throw problem;
        return substitute;
    });
}
