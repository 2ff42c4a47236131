-- The servers that run, as each last said itself: one that ends without a word is missed by the others.
create table accounting.node (
    name text primary key,
    stopped text[] not null, -- consumers that belong to it and do not run
    seen_at timestamptz not null default clock_timestamp() -- the database's time, which is one for all
);
