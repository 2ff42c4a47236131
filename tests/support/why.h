#pragma once

#include "shared/core/result.h"

// For QVERIFY2(result, why(result)): what went wrong, if anything did.
template <class T>
[[nodiscard]] const char *why(const Result<T> &result)
{
    static thread_local QByteArray text;
    text.clear();
    if (!result) {
        const Problem &problem = result.error();
        text = traits(problem.kind).slug.data();
        text += ' ' + problem.code.toUtf8() + ": " + problem.detail.toUtf8();
        for (const FieldError &field : problem.fields)
            text += ' ' + field.pointer.toUtf8() + ' ' + field.detail.toUtf8();
    }
    return text.constData();
}
