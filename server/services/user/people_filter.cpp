#include "server/services/user/people_filter.h"

#include "server/http/cursor.h"

#include <QRegularExpression>

namespace {

// The separators of the column `words` in the schema. An e-mail address stays whole, as it does there.
QStringList wordsOf(const QString &text)
{
    static const QRegularExpression spaces(QStringLiteral("\\s+"));
    static const QRegularExpression separators(QStringLiteral("[\\s'’.+_-]+"));
    QStringList words;
    for (const QString &part : text.toLower().split(spaces, Qt::SkipEmptyParts)) {
        if (part.contains(u'@'))
            words += part;
        else
            words += part.split(separators, Qt::SkipEmptyParts);
    }
    return words;
}

// The digits of what looks like a telephone number and nothing else: "(904) 555-0142", "+1 904 555". The
// schema keeps customers' numbers as one word with and one without the country's code.
QString numberOf(const QString &text)
{
    static const QRegularExpression number(QStringLiteral("^\\s*\\+?[\\d\\s()./-]{3,}$"));
    static const QRegularExpression others(QStringLiteral("\\D+"));
    return number.match(text).hasMatch() ? QString(text).remove(others) : QString();
}

QString quoted(QString word)
{
    word.replace(u'\\', QLatin1String("\\\\")).replace(u'\'', QLatin1String("''"));
    return u'\'' + word + u'\'';
}

} // namespace

Result<PeopleFilter> PeopleFilter::of(const api::PeopleQuery &query)
{
    PeopleFilter filter;
    if (query.limit)
        filter.limit = query.limit->value;
    const QString typed = query.q ? query.q->toString() : QString();
    const QString number = numberOf(typed);
    QStringList terms;
    for (const QString &word : number.isEmpty() ? wordsOf(typed) : QStringList { number })
        terms += quoted(word) + QLatin1String(":*");
    filter.words = terms.join(QLatin1String(" & "));
    if (query.cursor)
        filter.after = TRY(fromCursor<PersonCursor>(*query.cursor));
    return filter;
}
