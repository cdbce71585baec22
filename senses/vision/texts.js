// The words of the eye.

export default {
  en: {
    camera: "Camera",
    flip: "Turn the camera round",
    unnamed: "Camera",
    hidden: "My eye sleeps while this tab is out of sight.",
    pending: "Your browser asks whether I may use the camera: look for its question near the address bar.",
    refused: "The camera was refused. Allow it at the left end of the address bar, then try again.",
    none: "No camera was found. Plug one in, then try again.",
    busy: "The camera is busy. Close whatever else uses it, then try again.",
    insecure: "Browsers give the camera only to https or localhost. Open this page there, or set server.tls in config.yaml.",
    gone: "The camera is gone. Plug it in again or choose another one, then try again.",
    other: "The camera did not open. Try again, or choose another one.",
  },
  fr: {
    camera: "Caméra",
    flip: "Retourner la caméra",
    unnamed: "Caméra",
    hidden: "Mon œil dort tant que cet onglet est caché.",
    pending: "Votre navigateur demande si je peux utiliser la caméra : cherchez sa question près de l'adresse.",
    refused: "La caméra a été refusée. Autorisez-la à gauche de l'adresse, puis réessayez.",
    none: "Pas de caméra. Branchez-en une, puis réessayez.",
    busy: "La caméra est occupée. Fermez ce qui l'utilise, puis réessayez.",
    insecure: "Le navigateur ne donne la caméra qu'à https ou localhost. Ouvrez-y cette page, ou réglez server.tls dans config.yaml.",
    gone: "La caméra n'est plus là. Rebranchez-la ou choisissez-en une autre, puis réessayez.",
    other: "La caméra ne s'est pas ouverte. Réessayez, ou choisissez-en une autre.",
  },
};
