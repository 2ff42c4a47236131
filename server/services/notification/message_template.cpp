#include "server/services/notification/message_template.h"

#include <QStringView>

#include <functional>
#include <optional>

using namespace Qt::StringLiterals;

namespace {

using Escape = std::function<QString(const QString &)>;

struct Slot
{
    QString name;
    qsizetype from = 0; // of "{{"
    qsizetype to = 0; // past "}}"; without a close, past the end
    bool isClosed = false;
};

std::optional<Slot> nextSlot(QStringView text, qsizetype at)
{
    const auto from = text.indexOf("{{"_L1, at);
    if (from < 0)
        return {};
    const auto close = text.indexOf("}}"_L1, from + 2);
    if (close < 0)
        return Slot { .name = {}, .from = from, .to = text.size(), .isClosed = false };
    const auto name = text.mid(from + 2, close - from - 2).trimmed().toString();
    return Slot { .name = name, .from = from, .to = close + 2, .isClosed = true };
}

// One pass over the template alone: what is put in is not looked at again, so braces in a value stay braces.
QString filled(const QString &text, const MessageValues &values, const Escape &escape)
{
    QString result;
    qsizetype at = 0;
    while (const auto slot = nextSlot(text, at)) {
        result += QStringView(text).mid(at, slot->from - at);
        result += escape(values.value(slot->name));
        at = slot->to;
    }
    result += QStringView(text).mid(at);
    return result;
}

bool breaksLine(QChar c)
{
    return c == u'\n' || c == u'\r' || c.category() == QChar::Separator_Line
        || c.category() == QChar::Separator_Paragraph;
}

// A line break would begin another header (RFC 5322, 2.2); other control characters have no business there.
QString asHeader(const QString &value)
{
    QString result;
    for (const auto c : value)
        result += breaksLine(c) || c.category() == QChar::Other_Control ? QChar(u' ') : c;
    return result;
}

QString asText(const QString &value)
{
    QString result;
    for (const auto c : value) {
        if (c.category() != QChar::Other_Control || c == u'\n' || c == u'\t')
            result += c;
    }
    return result;
}

// QString::toHtmlEscaped() leaves the apostrophe, which ends an attribute in single quotes.
QString asHtml(const QString &value)
{
    return asText(value).toHtmlEscaped().replace(u'\'', u"&#39;"_s);
}

void check(const QString &text, const QString &pointer, const QSet<QString> &known, QList<FieldError> &errors)
{
    qsizetype at = 0;
    while (const auto slot = nextSlot(text, at)) {
        if (!slot->isClosed)
            errors.append({ pointer, u"A variable is opened with {{ and not closed"_s });
        else if (!known.contains(slot->name))
            errors.append({ pointer, u"There is no variable “%1” in this kind of message"_s.arg(slot->name) }
            );
        at = slot->to;
    }
}

} // namespace

Result<void> checkTemplate(const MessageTemplate &words, const QSet<QString> &known)
{
    QList<FieldError> errors;
    check(words.subject, u"/subject"_s, known, errors);
    check(words.text, u"/text"_s, known, errors);
    check(words.html, u"/html"_s, known, errors);
    if (words.subject != asHeader(words.subject))
        errors.append({ u"/subject"_s, u"The subject is one line"_s });
    if (errors.isEmpty())
        return {};
    Problem problem;
    problem.kind = ProblemKind::invalidInput;
    problem.detail = u"The template cannot be used"_s;
    problem.fields = errors;
    return fail(problem);
}

MessageWords fill(const MessageTemplate &words, const MessageValues &values)
{
    return {
        .subject = filled(words.subject, values, asHeader),
        .text = filled(words.text, values, asText),
        .html = filled(words.html, values, asHtml),
    };
}
