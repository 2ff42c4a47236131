#include "server/services/notification/form_fields.h"

#include <QStringDecoder>
#include <QUrl>

#include <algorithm>

namespace {

constexpr qsizetype mostFields = 100;

std::optional<QString> decoded(QByteArray text)
{
    text.replace('+', ' ');
    QStringDecoder utf8(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString value = utf8(QByteArray::fromPercentEncoding(text));
    return utf8.hasError() ? std::nullopt : std::optional(value);
}

} // namespace

QByteArray toForm(const FormFields &fields)
{
    QByteArray form;
    for (const auto &[name, value] : fields)
        form += (form.isEmpty() ? "" : "&") + QUrl::toPercentEncoding(name) + '='
            + QUrl::toPercentEncoding(value);
    return form;
}

std::optional<FormFields> fromForm(const QByteArray &form)
{
    FormFields fields;
    if (form.isEmpty())
        return fields;
    const QByteArrayList parts = form.split('&');
    if (parts.size() > mostFields)
        return {};
    for (const QByteArray &part : parts) {
        const qsizetype equals = part.indexOf('=');
        const auto name = decoded(equals < 0 ? part : part.first(equals));
        const auto value = decoded(equals < 0 ? QByteArray() : part.sliced(equals + 1));
        if (!name || !value)
            return {};
        fields.append({ *name, *value });
    }
    return fields;
}

QString fieldOf(const FormFields &fields, QStringView name)
{
    const auto found = std::ranges::find_if(fields, [&](const auto &field) { return field.first == name; });
    return found == fields.end() ? QString() : found->second;
}
