package dev.picket.agent.tls;

/** A secret, key or certificate cannot be used as it lies there; the message says which file and what to do. */
public final class CredentialException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String sentence;

    public CredentialException(String sentence) {
        super(sentence);
        this.sentence = sentence;
    }

    public CredentialException(String sentence, Throwable cause) {
        super(sentence, cause);
        this.sentence = sentence;
    }

    @Override
    public String getMessage() {
        return sentence;
    }
}
