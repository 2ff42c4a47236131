-- What experts know: articles, their versions, and the votes of those who used them.

create extension if not exists pg_trgm with schema knowledge;

create table knowledge.article (
    id uuid primary key,
    title text not null,
    body text not null, -- Markdown
    category text, -- slug of the catalogue's; none: for all devices
    symptoms text[] not null,
    tools text[] not null,
    tags text[] not null,
    state text not null check (state in ('draft', 'review', 'published', 'expired')),
    author_id uuid not null,
    author text not null,
    updated_at timestamptz not null,
    version int not null,
    helped int not null default 0,
    not_helped int not null default 0,
    search tsvector not null
);

create index article_by_text on knowledge.article using gin (search) where state = 'published';
create index article_by_state on knowledge.article (state, updated_at desc, id);
create index article_by_author on knowledge.article (author_id, updated_at desc, id);

-- Every state an article has been in, with its words. Never changed.
create table knowledge.article_version (
    article_id uuid not null references knowledge.article,
    version int not null,
    title text not null,
    body text not null,
    category text,
    symptoms text[] not null,
    tools text[] not null,
    tags text[] not null,
    state text not null,
    editor_id uuid not null,
    editor text not null,
    at timestamptz not null,
    primary key (article_id, version)
);

-- The words of what was ever published: what a mistyped word may have meant. Far fewer than articles, so that a typo
-- costs one look here instead of one at every text.
create table knowledge.word (
    word text primary key
);
create index word_by_trigram on knowledge.word using gist (word knowledge.gist_trgm_ops); -- finds the nearest

-- One voice per person; a later vote replaces the earlier one.
create table knowledge.vote (
    article_id uuid not null references knowledge.article,
    account_id uuid not null,
    has_helped boolean not null,
    at timestamptz not null,
    primary key (article_id, account_id)
);
