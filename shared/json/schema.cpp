#include "shared/json/schema.h"

namespace json {

QString schemaName(const char *mangled)
{
    // "api::Page<api::TicketSummary>" → "PageOfTicketSummary"
    QString name = QString::fromStdString(boost::core::demangle(mangled));
    name.remove(QLatin1String("api::")).remove(u' ').remove(u'>');
    name.replace(u'<', QLatin1String("Of")).replace(QLatin1String("::"), QLatin1String("."));
    return name;
}

QJsonObject stringSchema(int minLength, int maxLength)
{
    QJsonObject schema { { QStringLiteral("type"), QStringLiteral("string") },
                         { QStringLiteral("maxLength"), maxLength } };
    if (minLength > 0)
        schema.insert(QStringLiteral("minLength"), minLength);
    return schema;
}

} // namespace json
