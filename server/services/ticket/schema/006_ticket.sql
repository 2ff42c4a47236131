-- The words by which a ticket is found. A table of their own: they never change, while each step of a ticket writes its
-- row, and all of the row's indexes, anew.
create function ticket.words_of(p_text text) returns tsvector
    language sql immutable parallel safe
as $$
    select coalesce(array_to_tsvector(array_agg(distinct left(word, 60))), ''::tsvector)
    from regexp_split_to_table(lower(p_text), '[^[:alnum:]]+') word
    where word <> ''
$$;

create table ticket.words (
    ticket_id uuid primary key,
    words tsvector not null
);

create function ticket.note_words() returns trigger
    language plpgsql
as $$
begin
    insert into ticket.words (ticket_id, words)
    select id, ticket.words_of(concat_ws(' ', subject, product_name, contact_name, city, zip, serial_number, description))
    from filed;
    return null;
end
$$;

create trigger ticket_words after insert on ticket.ticket
    referencing new table as filed for each statement execute function ticket.note_words();

insert into ticket.words (ticket_id, words)
select id, ticket.words_of(concat_ws(' ', subject, product_name, contact_name, city, zip, serial_number, description))
from ticket.ticket;

-- What was filed last waits in a short list, which every search reads and whoever fills it up works off: short, so that
-- nobody's ticket waits for long.
create index words_by_word on ticket.words using gin (words) with (gin_pending_list_limit = 256);
