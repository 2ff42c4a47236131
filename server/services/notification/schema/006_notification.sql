-- How a repair was is asked for by mail, with a link that only the recipient has.
insert into notification.template (kind, channel, language, version, subject, text, html)
select kind, 'email', language, 1, subject, text,
    '<!doctype html><html lang="' || language || '"><body><p>'
    || replace(
        replace(text, '{{survey.link}}', '<a href="{{survey.link}}">{{survey.link}}</a>'), E'\n\n', '</p><p>'
    ) || '</p></body></html>'
from (values
    ('surveyInvitation', 'en', 'How was the repair? Ticket {{ticket.number}}',
     E'Hello {{person.name}},\n\nyour {{ticket.product}} was looked after (ticket {{ticket.number}}). How was it? A few questions, one minute, no login:\n\n{{survey.link}}\n\nThe link is for you alone and works once, for 14 days.'),
    ('surveyInvitation', 'es', '¿Qué tal la reparación? Ticket {{ticket.number}}',
     E'Hola, {{person.name}}:\n\nNos hemos ocupado de su {{ticket.product}} (ticket {{ticket.number}}). ¿Qué tal fue? Unas preguntas, un minuto, sin contraseña:\n\n{{survey.link}}\n\nEl enlace es solo para usted y sirve una vez, durante 14 días.'),
    ('surveyReminder', 'en', 'A minute for us? Ticket {{ticket.number}}',
     E'Hello {{person.name}},\n\nwe would still like to know how the repair of your {{ticket.product}} was (ticket {{ticket.number}}):\n\n{{survey.link}}\n\nWe do not ask again.'),
    ('surveyReminder', 'es', '¿Nos dedica un minuto? Ticket {{ticket.number}}',
     E'Hola, {{person.name}}:\n\nNos gustaría saber qué tal fue la reparación de su {{ticket.product}} (ticket {{ticket.number}}):\n\n{{survey.link}}\n\nNo volveremos a preguntar.'),
    ('lowScore', 'en', 'Not satisfied: ticket {{ticket.number}}, {{ticket.region}}',
     E'The customer of ticket {{ticket.number}} ({{ticket.product}}, {{ticket.expert}}) gave {{survey.score}} of 5.\n\nWhat they wrote is beside the ticket in the manager''s app.'),
    ('lowScore', 'es', 'Insatisfecho: ticket {{ticket.number}}, {{ticket.region}}',
     E'El cliente del ticket {{ticket.number}} ({{ticket.product}}, {{ticket.expert}}) dio {{survey.score}} de 5.\n\nLo que escribió está junto al ticket en la aplicación de gestión.')
) as words (kind, language, subject, text);
