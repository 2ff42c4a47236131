#include "tests/doubles/payment_vendor/wire.h"

#include <QUrl>

using namespace Qt::StringLiterals;

namespace vendor {

namespace {

    QString decoded(QByteArray text)
    {
        text.replace('+', ' ');
        return QString::fromUtf8(QByteArray::fromPercentEncoding(text));
    }

} // namespace

Form::Form(const QByteArray &body)
{
    for (const QByteArray &field : body.split('&')) {
        const qsizetype equals = field.indexOf('=');
        if (equals > 0)
            m_fields.insert(decoded(field.first(equals)), decoded(field.sliced(equals + 1)));
    }
}

QJsonObject Form::metadata() const
{
    QJsonObject metadata;
    for (auto field = m_fields.begin(); field != m_fields.end(); ++field) {
        if (field.key().startsWith("metadata["_L1))
            metadata.insert(field.key().sliced(9).chopped(1), field.value());
    }
    return metadata;
}

Answer refused(int status, const QString &type, const QString &code, const QString &message)
{
    QJsonObject error { { u"type"_s, type }, { u"message"_s, message } };
    if (!code.isEmpty())
        error.insert(u"code"_s, code);
    return { status, { { u"error"_s, error } }, false };
}

Answer missing(const QString &id)
{
    return refused(
        404, u"invalid_request_error"_s, u"resource_missing"_s, u"There is no \"%1\" here."_s.arg(id)
    );
}

Answer cardError(const QString &code, const QString &declineCode, const QString &message)
{
    QJsonObject error { { u"type"_s, u"card_error"_s }, { u"code"_s, code }, { u"message"_s, message } };
    if (!declineCode.isEmpty())
        error.insert(u"decline_code"_s, declineCode);
    return { 402, { { u"error"_s, error } } };
}

} // namespace vendor
