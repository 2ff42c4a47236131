-- What customers are asked about a repair, and what they say.

-- What links are signed with. Made by the first that needs it; who reads this table can answer in anybody's name.
create table survey.link_key (
    id boolean primary key default true check (id),
    secret bytea not null check (length(secret) = 32)
);

-- The highest version of a category is asked; what has been asked stays. '' is for categories without one of their own.
create table survey.template (
    category text not null,
    version int not null check (version > 0),
    title text not null check (title <> ''),
    questions jsonb not null check (jsonb_array_length(questions) between 1 and 20),
    made_at timestamptz,
    made_by text,
    primary key (category, version),
    constraint template_made_by_somebody check ((made_at is null) = (made_by is null))
);
revoke update, delete, truncate on survey.template from squad_survey;

insert into survey.template (category, version, title, questions) values
    ('', 1, 'How was the repair?', '[
        {"kind": "rating", "text": "How satisfied are you with the repair?", "choices": [], "isRequired": true},
        {"kind": "rating", "text": "How was the expert?", "choices": [], "isRequired": false},
        {"kind": "choice", "text": "Does the device work now?",
         "choices": ["Yes, as it should", "Partly", "No"], "isRequired": true},
        {"kind": "text", "text": "What could we do better?", "choices": [], "isRequired": false}
    ]');

create table survey.survey (
    id uuid primary key,
    ticket_id uuid not null constraint survey_one_per_ticket unique,
    ticket_number text not null,
    customer_id uuid not null,
    expert_id uuid,
    expert text,
    product_name text not null,
    skill text not null,
    region text not null,
    template_category text not null,
    template_version int not null,
    state text not null check (state in ('invited', 'answered', 'withdrawn', 'closed')),
    invited_at timestamptz not null,
    expires_at timestamptz not null,
    reminded_at timestamptz,
    answered_at timestamptz,
    score double precision check (score between 1 and 5), -- mean of the ratings
    is_low boolean not null default false,
    foreign key (template_category, template_version) references survey.template,
    constraint survey_answered_at_a_time check ((state = 'answered') = (answered_at is not null))
);

create table survey.answer (
    survey_id uuid not null references survey.survey,
    question int not null check (question between 0 and 19),
    rating int check (rating between 1 and 5),
    choice int check (choice between 0 and 9),
    text text check (text <> ''),
    primary key (survey_id, question),
    constraint answer_is_one_thing check (num_nonnulls(rating, choice, text) = 1)
);
revoke update, delete, truncate on survey.answer from squad_survey;
