-- Who is on the telephone is found by their number, typed with or without the country's code.

alter table users.customer drop column words;
alter table users.customer add column words tsvector not null generated always as (
    array_to_tsvector(array_remove(
        regexp_split_to_array(lower(name || ' ' || email), '[\s''’@.+_-]+')
            || lower(email)
            || ltrim(coalesce(phone, ''), '+')
            || regexp_replace(coalesce(phone, ''), '^\+1?', ''),
        ''
    ))
) stored;
create index customer_by_words on users.customer using gin (words);
