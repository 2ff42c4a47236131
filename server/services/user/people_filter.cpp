#include "server/services/user/people_filter.h"

#include "server/http/cursor.h"

namespace {

QString escaped(QString text)
{
    return text.replace(u'\\', QLatin1String("\\\\"))
        .replace(u'%', QLatin1String("\\%"))
        .replace(u'_', QLatin1String("\\_"));
}

} // namespace

Result<PeopleFilter> PeopleFilter::of(const api::PeopleQuery &query)
{
    PeopleFilter filter;
    if (query.limit)
        filter.limit = query.limit->value;
    if (query.q && !query.q->toString().isEmpty()) {
        const QString text = escaped(query.q->toString());
        filter.name = u'%' + text + u'%';
        filter.email = text.toLower() + u'%';
    }
    if (query.cursor) {
        const PersonCursor after = TRY(fromCursor<PersonCursor>(*query.cursor));
        filter.afterName = after.name;
        filter.afterId = after.id;
    }
    return filter;
}
