-- Taking an expert on has a state between its steps, and people are found by the beginnings of words.

-- hiring: there is no login yet, or nobody has been told; to everybody else this expert does not exist.
alter table users.expert add column state text not null default 'hired' check (state in ('hiring', 'hired'));

-- The words of name and e-mail, and the whole e-mail. Without a parser, so that the query can be made the same way.
alter table users.expert add column words tsvector not null generated always as (
    array_to_tsvector(array_remove(regexp_split_to_array(lower(name || ' ' || email), '[\s''’@.+_-]+') || lower(email), ''))
) stored;
create index expert_by_words on users.expert using gin (words);

alter table users.customer add column words tsvector not null generated always as (
    array_to_tsvector(array_remove(regexp_split_to_array(lower(name || ' ' || email), '[\s''’@.+_-]+') || lower(email), ''))
) stored;
create index customer_by_words on users.customer using gin (words);
drop index users.customer_by_email;
