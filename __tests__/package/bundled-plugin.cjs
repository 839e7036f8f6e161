exports.GraphTransportError = require('nodemailer-graph-transport').GraphTransportError;
