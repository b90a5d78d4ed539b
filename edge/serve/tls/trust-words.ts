/** Words of the page that explains the store's root certificate; a further language is one more entry. */
export interface TrustWords {
  readonly title: string;
  readonly lead: string;
  readonly check: string;
  readonly fingerprint: string;
  readonly until: string;
  readonly download: string;
  readonly stepsTitle: string;
  readonly steps: readonly { readonly system: string; readonly how: string }[];
  readonly careTitle: string;
  readonly care: string;
}

export const TRUST_WORDS: Readonly<Record<string, TrustWords>> = {
  en: {
    title: 'Trust this store',
    lead: 'For devices of staff. Once this certificate is installed, the device knows the pages of this store and warns no more.',
    check:
      'Before you install it, compare the fingerprint below with the one that `endcap cert list` prints on the store’s own computer. If one character differs, stop and tell whoever looks after the network.',
    fingerprint: 'Fingerprint (SHA-256)',
    until: 'Good until',
    download: 'Download the certificate',
    stepsTitle: 'How to install it',
    steps: [
      {
        system: 'iPhone and iPad',
        how: 'Download it in Safari, open Settings, tap “Profile Downloaded” and install it. Then turn it on under General, About, Certificate Trust Settings.',
      },
      {
        system: 'Android',
        how: 'Open Settings, Security, Encryption and credentials, Install a certificate, CA certificate, and choose the file.',
      },
      {
        system: 'Windows',
        how: 'Open the file, choose Install Certificate, Local Machine, and put it into “Trusted Root Certification Authorities”.',
      },
      {
        system: 'Mac',
        how: 'Open the file, add it to the System keychain, open it there and set “When using this certificate” to “Always Trust”.',
      },
      {
        system: 'Linux',
        how: 'Chromium: Settings, Privacy and security, Security, Manage certificates, Authorities, Import. Programs: copy it to /usr/local/share/ca-certificates and run update-ca-certificates.',
      },
    ],
    careTitle: 'Who needs this',
    care: 'Only devices that belong to the store. Shoppers never need it: if a page asks a shopper to install a certificate, something is wrong.',
  },
  de: {
    title: 'Diesem Laden vertrauen',
    lead: 'Für Geräte des Personals. Ist dieses Zertifikat installiert, kennt das Gerät die Seiten dieses Ladens und warnt nicht mehr.',
    check:
      'Vergleichen Sie vor dem Installieren den Fingerabdruck unten mit dem, den `endcap cert list` auf dem Rechner des Ladens ausgibt. Weicht ein Zeichen ab, hören Sie auf und sagen Sie es denen, die das Netz betreuen.',
    fingerprint: 'Fingerabdruck (SHA-256)',
    until: 'Gültig bis',
    download: 'Zertifikat herunterladen',
    stepsTitle: 'So wird es installiert',
    steps: [
      {
        system: 'iPhone und iPad',
        how: 'In Safari laden, Einstellungen öffnen, auf „Profil geladen“ tippen und installieren. Danach unter Allgemein, Info, Zertifikatsvertrauenseinstellungen einschalten.',
      },
      {
        system: 'Android',
        how: 'Einstellungen, Sicherheit, Verschlüsselung und Anmeldedaten, Zertifikat installieren, CA-Zertifikat öffnen und die Datei wählen.',
      },
      {
        system: 'Windows',
        how: 'Datei öffnen, „Zertifikat installieren“, „Lokaler Computer“ und als Speicher „Vertrauenswürdige Stammzertifizierungsstellen“ wählen.',
      },
      {
        system: 'Mac',
        how: 'Datei öffnen, dem Schlüsselbund „System“ hinzufügen, dort öffnen und „Bei Verwendung dieses Zertifikats“ auf „Immer vertrauen“ stellen.',
      },
      {
        system: 'Linux',
        how: 'Chromium: Einstellungen, Datenschutz und Sicherheit, Sicherheit, Zertifikate verwalten, Zertifizierungsstellen, Importieren. Programme: nach /usr/local/share/ca-certificates kopieren und update-ca-certificates aufrufen.',
      },
    ],
    careTitle: 'Wer das braucht',
    care: 'Nur Geräte, die dem Laden gehören. Kunden brauchen es nie: Bittet eine Seite Kunden, ein Zertifikat zu installieren, stimmt etwas nicht.',
  },
};
