// What jco bundles: everything but the host's interfaces, which are there when the policy runs.
export default { external: /^portcullis:/ };
