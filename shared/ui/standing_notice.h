#pragma once

#include "shared/api/customer.h"

#include <QFrame>

class Glyph;
class QLabel;

// Says how a customer stands with their bills, and what that means for whoever works for them.
class StandingNotice : public QFrame
{
    Q_OBJECT
public:
    explicit StandingNotice(QWidget *parent = nullptr);

    // Shows itself; without words it hides.
    void say(api::Standing standing, const QString &text, const QString &more = {});

private:
    Glyph *m_picture;
    QLabel *m_title;
    QLabel *m_text;
};
