## Was der Abschluss eines Quartals mitnimmt, und was sich vor einer Freigabe geändert hat

close-clawbacks-title =
    { $count ->
        [one] Eine Rückbelastung wird mitgenommen.
       *[other] { $count } Rückbelastungen werden mitgenommen.
    }
close-clawbacks = Geld, das an einen Kunden zurückging, braucht keine Freigabe: Wer das Quartal abschließt, gibt es frei. Was warten muss, lässt sich mit einem Grund anhalten.
notice-lines-changed = Nichts wurde freigegeben: Ein Betrag hat sich geändert, seit die Seite gezeigt wurde. Sehen Sie ihn an und geben Sie dann noch einmal frei.
notice-lines-partly-changed = Die unveränderten Posten sind freigegeben. Bei den übrigen hat sich ein Betrag geändert, seit die Seite gezeigt wurde: Sehen Sie ihn an und geben Sie dann noch einmal frei.
error-line-already-held = Einer dieser Posten ist bereits aus einem anderen Grund angehalten. Setzen Sie ihn zuerst fort, oder lassen Sie ihn weg.
audit-act-make_statement = Abrechnung erstellt
audit-act-withdraw_lead = Lead zurückgezogen
audit-act-add_person = Jemanden hinzugefügt, der sich anmelden kann
