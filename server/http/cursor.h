#pragma once

#include "shared/api/endpoint.h"
#include "shared/json/codec.h"

// Where a page of a list ended: a described struct of the sort keys of its last item, as text that clients
// hand back unread. Keyset paging: the next page starts after these keys, whatever was inserted or deleted
// meanwhile.
template <DescribedStruct Key>
[[nodiscard]] QString toCursor(const Key &key)
{
    return QString::fromLatin1(
        json::write(key).toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals)
    );
}

template <DescribedStruct Key>
[[nodiscard]] Result<Key> fromCursor(const api::Cursor &cursor)
{
    const auto decoded = QByteArray::fromBase64Encoding(
        cursor.toString().toLatin1(),
        QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals
            | QByteArray::AbortOnBase64DecodingErrors
    );
    if (decoded) {
        if (Result<Key> key = json::parse<Key>(*decoded))
            return key;
    }
    return fail(Problem::invalid(QStringLiteral("?cursor"), QStringLiteral("is not a cursor of this list")));
}
