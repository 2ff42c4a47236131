#pragma once

#include <QTranslator>

// The app's words in the person's language, from its beginning to its end. English is a translation as well:
// it knows the forms for one and for many.
class Translation : public QTranslator
{
    Q_OBJECT
public:
    Translation();
};
