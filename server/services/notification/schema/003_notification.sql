-- A letter outside the alphabet of telephones (3GPP TS 23.038: á, í, ó and ú are) more than halves what fits into one
-- segment, and each is paid for. The Spanish words are chosen so that they do not need any.
insert into notification.template (kind, channel, language, version, subject, text, html)
values
    ('jobAssigned', 'sms', 'es', 2, '',
     'Nuevo trabajo {{ticket.number}}: {{ticket.product}}, {{ticket.city}} {{ticket.zip}}. Responda en la app.', ''),
    ('expertOnTheWay', 'sms', 'es', 2, '',
     'Sysops Squad: {{ticket.expert}} va de camino a su domicilio ({{ticket.number}}).', ''),
    ('noShow', 'sms', 'es', 2, '',
     'Sysops Squad: no encontramos a nadie por el ticket {{ticket.number}}. Escriba o llame para acordar otra hora.', '');
