-- What people are told. Every message that an event calls for is a row, sent or not: what was suppressed has its reason.

create table notification.person (
    account_id uuid primary key,
    role text not null check (role in ('customer', 'expert', 'manager', 'admin')),
    name text not null,
    email text not null,
    phone text,
    time_zone text not null, -- for the hours in which nobody is woken
    language text not null default 'en' check (language in ('en', 'es'))
);
create index person_by_role on notification.person (role);

create table notification.muted (
    account_id uuid not null references notification.person,
    kind text not null,
    channel text not null,
    primary key (account_id, kind, channel)
);

-- The highest version speaks. An older one stays, so that it can be seen what somebody was told.
create table notification.template (
    kind text not null,
    channel text not null check (channel in ('email', 'sms')),
    language text not null check (language in ('en', 'es')),
    version int not null check (version > 0),
    subject text not null, -- empty on the telephone
    text text not null check (text <> ''),
    html text not null, -- empty on the telephone
    primary key (kind, channel, language, version)
);

create table notification.message (
    id uuid primary key,
    fact uuid not null, -- the event that calls for it
    account_id uuid not null,
    kind text not null,
    channel text not null check (channel in ('email', 'sms')),
    ticket_id uuid,
    language text not null,
    template_version int not null,
    name text not null,
    address text,
    subject text not null,
    text text not null,
    html text not null,
    state text not null check (state in ('waiting', 'sending', 'sent', 'suppressed', 'expired', 'dead')),
    trouble text, -- why it was not sent
    tries int not null default 0,
    created_at timestamptz not null,
    next_at timestamptz not null, -- of a waiting one: when it may be sent
    expires_at timestamptz not null, -- nobody wants to know any more
    leased_until timestamptz, -- of one that is being sent
    sent_at timestamptz,
    constraint message_is_told_once unique (fact, account_id, kind, channel),
    constraint message_unsent_has_a_reason check (state not in ('suppressed', 'expired', 'dead') or trouble <> ''),
    constraint message_has_somewhere_to_go check (state = 'suppressed' or address <> '')
);
create index message_by_ticket on notification.message (ticket_id, created_at) where ticket_id is not null;
create index message_due on notification.message (channel, next_at) where state = 'waiting';
create index message_under_way on notification.message (leased_until) where state = 'sending';

insert into notification.template (kind, channel, language, version, subject, text, html)
select kind, channel, language, 1, subject, text,
    case channel when 'email' then
        '<!doctype html><html lang="' || language || '"><body><p>' || replace(text, E'\n\n', '</p><p>') || '</p></body></html>'
    else '' end
from (values
    ('accountRegistered', 'email', 'en', 'Welcome to Sysops Squad',
     E'Hello {{person.name}},\n\nyour account exists now. Whatever breaks, file a ticket and we send an expert.'),
    ('accountRegistered', 'email', 'es', 'Bienvenido a Sysops Squad',
     E'Hola, {{person.name}}:\n\nSu cuenta ya está lista. Si algo se estropea, abra un ticket y le enviamos a un experto.'),
    ('ticketReceived', 'email', 'en', 'We have your ticket {{ticket.number}}',
     E'Hello {{person.name}},\n\nwe have received your ticket {{ticket.number}}: “{{ticket.subject}}” ({{ticket.product}}).\n\nWe are looking for the right expert and write again when they are on the way.'),
    ('ticketReceived', 'email', 'es', 'Hemos recibido su ticket {{ticket.number}}',
     E'Hola, {{person.name}}:\n\nHemos recibido su ticket {{ticket.number}}: «{{ticket.subject}}» ({{ticket.product}}).\n\nBuscamos al experto adecuado y le avisaremos cuando esté en camino.'),
    ('jobAssigned', 'sms', 'en', '',
     'New job {{ticket.number}}: {{ticket.product}}, {{ticket.city}} {{ticket.zip}}. Please answer in the app.'),
    ('jobAssigned', 'sms', 'es', '',
     'Nuevo trabajo {{ticket.number}}: {{ticket.product}}, {{ticket.city}} {{ticket.zip}}. Responda en la aplicación.'),
    ('jobTaken', 'sms', 'en', '', 'Job {{ticket.number}} is no longer yours. Please do not go there.'),
    ('jobTaken', 'sms', 'es', '', 'El trabajo {{ticket.number}} ya no es suyo. Por favor, no acuda.'),
    ('expertOnTheWay', 'email', 'en', '{{ticket.expert}} is on the way',
     E'Hello {{person.name}},\n\n{{ticket.expert}} is on the way to you for ticket {{ticket.number}}.'),
    ('expertOnTheWay', 'email', 'es', '{{ticket.expert}} está en camino',
     E'Hola, {{person.name}}:\n\n{{ticket.expert}} está en camino por su ticket {{ticket.number}}.'),
    ('expertOnTheWay', 'sms', 'en', '', 'Sysops Squad: {{ticket.expert}} is on the way to you ({{ticket.number}}).'),
    ('expertOnTheWay', 'sms', 'es', '', 'Sysops Squad: {{ticket.expert}} está en camino ({{ticket.number}}).'),
    ('visitDelayed', 'email', 'en', 'Ticket {{ticket.number}} takes longer',
     E'Hello {{person.name}},\n\nwe are sorry: ticket {{ticket.number}} takes longer than we promised. We have not forgotten it.'),
    ('visitDelayed', 'email', 'es', 'El ticket {{ticket.number}} se retrasa',
     E'Hola, {{person.name}}:\n\nLo sentimos: el ticket {{ticket.number}} tarda más de lo prometido. No lo hemos olvidado.'),
    ('noShow', 'email', 'en', 'We missed you: ticket {{ticket.number}}',
     E'Hello {{person.name}},\n\nour expert was there for ticket {{ticket.number}} and met nobody. Please call us for another time.'),
    ('noShow', 'email', 'es', 'No le encontramos: ticket {{ticket.number}}',
     E'Hola, {{person.name}}:\n\nNuestro experto acudió por el ticket {{ticket.number}} y no encontró a nadie. Llámenos para acordar otra hora.'),
    ('noShow', 'sms', 'en', '', 'Sysops Squad: we met nobody for ticket {{ticket.number}}. Please call us for another time.'),
    ('noShow', 'sms', 'es', '', 'Sysops Squad: no encontramos a nadie por el ticket {{ticket.number}}. Llámenos para acordar otra hora.'),
    ('ticketCompleted', 'email', 'en', 'Ticket {{ticket.number}} is done',
     E'Hello {{person.name}},\n\nthe repair for ticket {{ticket.number}} ({{ticket.product}}) is done. If it does not hold, open the ticket again within 14 days.'),
    ('ticketCompleted', 'email', 'es', 'El ticket {{ticket.number}} está resuelto',
     E'Hola, {{person.name}}:\n\nLa reparación del ticket {{ticket.number}} ({{ticket.product}}) ha terminado. Si el problema vuelve, reabra el ticket en un plazo de 14 días.'),
    ('ticketEscalated', 'email', 'en', 'Escalated: ticket {{ticket.number}}, {{ticket.region}}',
     E'Ticket {{ticket.number}} ({{ticket.product}}, {{ticket.city}}) needs you.\n\n{{ticket.reason}}'),
    ('ticketEscalated', 'email', 'es', 'Escalado: ticket {{ticket.number}}, {{ticket.region}}',
     E'El ticket {{ticket.number}} ({{ticket.product}}, {{ticket.city}}) requiere su atención.\n\n{{ticket.reason}}'),
    ('paymentFailed', 'email', 'en', 'We could not collect invoice {{invoice.number}}',
     E'Hello {{person.name}},\n\nthe payment of invoice {{invoice.number}} over {{invoice.total}} failed. Please look after your card; we try again.'),
    ('paymentFailed', 'email', 'es', 'No pudimos cobrar la factura {{invoice.number}}',
     E'Hola, {{person.name}}:\n\nEl pago de la factura {{invoice.number}} por {{invoice.total}} ha fallado. Revise su tarjeta; volveremos a intentarlo.'),
    ('planRestricted', 'email', 'en', 'Your plan is restricted',
     E'Hello {{person.name}},\n\ninvoice {{invoice.number}} over {{invoice.total}} is still unpaid, and your plan is restricted until it is.'),
    ('planRestricted', 'email', 'es', 'Su plan está restringido',
     E'Hola, {{person.name}}:\n\nLa factura {{invoice.number}} por {{invoice.total}} sigue sin pagar y su plan queda restringido hasta que se pague.'),
    ('planSuspended', 'email', 'en', 'Your plan is suspended',
     E'Hello {{person.name}},\n\ninvoice {{invoice.number}} over {{invoice.total}} is still unpaid, and your plan covers nothing until it is.'),
    ('planSuspended', 'email', 'es', 'Su plan está suspendido',
     E'Hola, {{person.name}}:\n\nLa factura {{invoice.number}} por {{invoice.total}} sigue sin pagar y su plan no cubre nada hasta que se pague.'),
    ('planCancelled', 'email', 'en', 'Your plan has ended',
     E'Hello {{person.name}},\n\ninvoice {{invoice.number}} over {{invoice.total}} was not paid, and your plan has ended.'),
    ('planCancelled', 'email', 'es', 'Su plan ha terminado',
     E'Hola, {{person.name}}:\n\nLa factura {{invoice.number}} por {{invoice.total}} no se pagó y su plan ha terminado.'),
    ('planGood', 'email', 'en', 'Thank you: invoice {{invoice.number}} is paid',
     E'Hello {{person.name}},\n\ninvoice {{invoice.number}} over {{invoice.total}} is paid and everything is as before.'),
    ('planGood', 'email', 'es', 'Gracias: la factura {{invoice.number}} está pagada',
     E'Hola, {{person.name}}:\n\nLa factura {{invoice.number}} por {{invoice.total}} está pagada y todo vuelve a estar como antes.')
) as words (kind, channel, language, subject, text);
