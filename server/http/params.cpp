#include "server/http/params.h"

namespace detail {

namespace {

    bool isInteger(const QString &text)
    {
        const QStringView digits = text.startsWith(u'-') ? QStringView(text).sliced(1) : QStringView(text);
        // 15 digits: JSON numbers are doubles to the decoder, and every larger one is out of any parameter's
        // range.
        return !digits.isEmpty() && digits.size() <= 15
            && std::ranges::all_of(digits, [](QChar c) { return c >= u'0' && c <= u'9'; });
    }

} // namespace

QJsonValue paramValue(const QString &text, ParamForm form)
{
    switch (form) {
    case ParamForm::text:
        return text;
    case ParamForm::integer:
        return isInteger(text) ? QJsonValue(text.toLongLong()) : QJsonValue(text);
    case ParamForm::number: {
        bool isNumber = false;
        const double number = text.toDouble(&isNumber);
        return isNumber ? QJsonValue(number) : QJsonValue(text);
    }
    case ParamForm::flag:
        if (text == QLatin1String("true") || text == QLatin1String("false"))
            return text.size() == 4;
        return text;
    }
    return text;
}

QJsonValue paramValues(const Request &request, const QString &name, ParamForm form, bool isList)
{
    // The path decides what a request is about: a query item of the same name cannot change it.
    QStringList texts = request.pathValues.values(name);
    if (texts.isEmpty())
        texts = request.query.values(name);
    if (texts.isEmpty())
        return isList ? QJsonValue(QJsonArray()) : QJsonValue(QJsonValue::Undefined);
    if (texts.size() == 1 && !isList)
        return paramValue(texts.first(), form);
    QJsonArray array;
    for (auto text = texts.crbegin(); text != texts.crend();
         ++text) // QMultiHash hands out the last one first
        array.append(paramValue(*text, form));
    return array;
}

Problem refusedParams(const json::Decoder &decoder)
{
    QList<FieldError> fields = decoder.errors();
    for (FieldError &field : fields)
        field.pointer = u'?' + field.pointer.mid(1);
    return { ProblemKind::invalidInput,
             QStringLiteral("The request has parameters that cannot be used."),
             {},
             fields,
             {} };
}

} // namespace detail
