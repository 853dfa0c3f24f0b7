"""What a built stack can be written as: `core.exports.formats` has the table."""
