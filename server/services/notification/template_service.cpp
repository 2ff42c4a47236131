#include "server/services/notification/template_service.h"

#include "server/services/notification/message_kind.h"
#include "server/services/notification/message_template.h"
#include "server/services/notification/sms_text.h"
#include "server/services/notification/template_store.h"

using namespace Qt::StringLiterals;
using api::MessageChannel;

namespace {

// Long enough for what is usual, and with a letter that not every alphabet has.
const MessageValues sample { { u"person.name"_s, u"María Fernández"_s },
                             { u"ticket.number"_s, u"T-100042"_s },
                             { u"ticket.subject"_s, u"No picture & no sound"_s },
                             { u"ticket.product"_s, u"Home theater system"_s },
                             { u"ticket.city"_s, u"San Luis Obispo"_s },
                             { u"ticket.zip"_s, u"93401"_s },
                             { u"ticket.region"_s, u"West"_s },
                             { u"ticket.expert"_s, u"Alex O’Connor"_s },
                             { u"ticket.reason"_s, u"Nobody has accepted the job for 30 minutes."_s },
                             { u"invoice.number"_s, u"PE-000042"_s },
                             { u"invoice.total"_s, u"29.99 USD"_s },
                             { u"survey.link"_s, u"https://squad.example/survey#…"_s },
                             { u"survey.score"_s, u"1.5"_s } };

// What a plain text looks like as a page, for those who do not write one themselves.
QString pageOf(const QString &text, api::Language language)
{
    const QString paragraphs
        = text.toHtmlEscaped().replace(u"\n\n"_s, u"</p><p>"_s).replace(u'\n', u"<br>"_s);
    return u"<!doctype html><html lang=\"%1\"><body><p>%2</p></body></html>"_s.arg(
        enumName(language), paragraphs
    );
}

MessageTemplate wordsOf(const api::MessageTemplateDraft &draft)
{
    const QString text = draft.text.toString();
    if (draft.channel != MessageChannel::email)
        return { draft.subject.toString(), text, draft.html.toString() };
    const QString html = draft.html.toString();
    return { draft.subject.toString(), text, html.isEmpty() ? pageOf(text, draft.language) : html };
}

// What the channel can carry; what is in it is checked by checkTemplate().
QList<FieldError> misfits(const api::MessageTemplateDraft &draft, const MessageTraits &traits)
{
    QList<FieldError> errors;
    if (!traits.channels.contains(draft.channel))
        errors.append({ u"/channel"_s, u"does not carry this kind of message"_s });
    const bool isMail = draft.channel == MessageChannel::email;
    const bool hasSubject = !draft.subject.toString().isEmpty();
    if (isMail && !hasSubject)
        errors.append({ u"/subject"_s, u"must not be empty in a mail"_s });
    if (!isMail && hasSubject)
        errors.append({ u"/subject"_s, u"does not exist on the telephone"_s });
    if (!isMail && !draft.html.toString().isEmpty())
        errors.append({ u"/html"_s, u"does not exist on the telephone"_s });
    return errors;
}

Result<void> check(const api::MessageTemplateDraft &draft)
{
    const MessageTraits traits = traitsOf(draft.kind);
    QList<FieldError> errors = misfits(draft, traits);
    const Result<void> words = checkTemplate(wordsOf(draft), traits.variables);
    if (!words)
        errors += words.error().fields;
    if (errors.isEmpty())
        return {};
    return fail({ ProblemKind::invalidInput, u"The template cannot be used"_s, {}, errors, {} });
}

api::MessageTemplate shown(const template_store::TemplateVersion &row)
{
    const MessageTraits traits = traitsOf(row.kind);
    QStringList variables(traits.variables.begin(), traits.variables.end());
    variables.sort();
    return { row.kind, row.channel, row.language, row.version, row.subject,         row.text,
             row.html, row.madeAt,  row.madeBy,   traits.why,  std::move(variables) };
}

api::Items<api::MessageTemplate> shown(const QList<template_store::TemplateVersion> &rows)
{
    api::Items<api::MessageTemplate> list;
    for (const auto &row : rows)
        list.items.append(shown(row));
    return list;
}

// Carries what speaks now, so that whoever was late sees what they would have gone over.
Problem stale(const api::MessageTemplate &current)
{
    return { ProblemKind::stale,
             u"Somebody else has changed this template since you looked."_s,
             {},
             {},
             { { u"current"_s, json::encode(current) } } };
}

} // namespace

TemplateService::TemplateService(const Clock &clock)
    : m_clock(clock)
{
}

Result<api::Items<api::MessageTemplate>> TemplateService::current(Session &session) const
{
    return shown(TRY(template_store::current(session)));
}

Result<api::Items<api::MessageTemplate>>
TemplateService::versions(Session &session, const api::MessageTemplateQuery &query) const
{
    return shown(TRY(template_store::versions(session, query)));
}

Result<api::MessagePreview> TemplateService::preview(const api::MessageTemplateDraft &draft) const
{
    TRY(check(draft));
    const MessageWords words = fill(wordsOf(draft), sample);
    if (draft.channel == MessageChannel::email)
        return api::MessagePreview { words.subject, words.text, words.html, {} };
    const QString text = asSmsText(words.text);
    return api::MessagePreview { {}, text, {}, measureSms(text).segments };
}

Result<api::MessageTemplate>
TemplateService::save(Session &session, const Caller &by, const api::MessageTemplateDraft &draft) const
{
    TRY(check(draft));
    const auto current = TRY(template_store::newest(session, { draft.kind, draft.channel, draft.language }));
    if (by.ifMatch && *by.ifMatch != current.version)
        return fail(stale(shown(current)));
    const MessageTemplate words = wordsOf(draft);
    const template_store::TemplateVersion next { draft.kind,          draft.channel, draft.language,
                                                 current.version + 1, words.subject, words.text,
                                                 words.html,          m_clock.now(), by.name };
    // Two who saved at the same moment have both seen the same newest version.
    if (!TRY(template_store::add(session, next)))
        return fail(
            stale(shown(TRY(template_store::newest(session, { draft.kind, draft.channel, draft.language }))))
        );
    return shown(next);
}
