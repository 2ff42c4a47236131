#pragma once

#include "shared/core/result.h"

#include <QByteArray>

// What a file holds that nobody but its owner may read or write. What others could read is no secret, and is
// refused rather than used; so is what others could have put there.
[[nodiscard]] Result<QByteArray> readPrivateFile(const QString &path);
